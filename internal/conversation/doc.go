// Package conversation holds no code. Its tests take a part in conversations that were recorded between Zebus (.NET)
// processes: they put our directory, or our peer, in the place of one process, feed it every frame that was sent to
// that process, and compare every frame it sends with the recording: type, content, presence of every field, and the
// order for each destination.
//
// Ids, times and originators differ from run to run and are not compared. The other differences that are accepted
// stand in differences_test.go, each with its reason.
package conversation
