// Package budgets keeps the hot paths from allocating more than they do.
//
// The file allocations.txt has a line for each path: its name, and how many allocations one operation makes. The test,
// which make budgets runs, measures every path and compares. Counts are exact, so a path over its budget is a regression,
// and one under it is a gain whose budget is to be lowered, lest it is lost again unseen. A budget is raised only with an
// ADR that says what the allocation buys.
//
// Under the race detector, and without optimisation, the counts are others. So the test has a build tag of its own.
package budgets
