// Package docs keeps what the pages under docs/, and the README, say about code true: its tests compile their Go
// blocks, run their commands and follow their links.
//
// # Writing a page
//
// A fenced block that starts with ```go is compiled, against the packages of this checkout, with what zebusgen
// generates for it. It is one of
//
//   - a file, with a package clause. Files of a page with the same package name are one package;
//   - declarations. All declarations of a page are one package, so that a later block uses what an earlier one declares;
//   - statements. They are the body of a function with the parameters ctx context.Context and bus *zebus.Bus, which
//     returns an error; they see the declarations of the page. A variable may be left unused.
//
// Declarations and statements need no imports: the standard library and our packages are known by their names.
//
// Words after the language change that: ```go alone compiles a block by itself, apart from the rest of the page;
// ```go skip: reason does not compile it. What a block needs and a reader does not is written in a comment that opens
// with a line <!--go and ends with a line -->.
//
// A block that starts with ```go run holds test functions, which are run with everything that the page declares.
//
// A block that starts with ```sh is shown; with ```sh run it is run as well, by bash, from the root of the checkout,
// and must exit 0 within two minutes. What it leaves in the background is ended with it. When the next block starts with
// ```text output, each of its lines must occur in the output, in that order, "…" standing for anything.
package docs
