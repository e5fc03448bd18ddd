// Bench compares the code that zebusgen generates with google.golang.org/protobuf and with vtprotobuf, on messages that
// are the same for all three: package shop has them as annotated structs, package shoppb as protoc generates them.
//
//	go run .                     print the table, and exit 1 when a target is missed
//	go run . -rounds 101         longer
//	go test -bench .             the same cases as ordinary benchmarks
//
// # Targets
//
// For each message, marshal and unmarshal are at least 2 times as fast as google.golang.org/protobuf and take at most
// 1.05 times as long as code of vtprotobuf.
//
// # Method
//
// Small has 3 fields; medium has 15 of most kinds, with a nested message, three nested ones that repeat, texts and packed
// numbers; large has 1000 nested messages of 5 fields, behind pointers as protoc-gen-go has them, and once more side by
// side, which only zebusgen offers.
//
// Marshal means to learn the size and to write into a buffer of the caller that is large enough: ZebusSize and
// ZebusAppend, MarshalAppend, SizeVT and MarshalToSizedBufferVT. Unmarshal reads into a new message. All contenders copy
// texts and bytes. Zebusgen and google.golang.org/protobuf check that texts are UTF-8, vtprotobuf does not. The program
// first makes sure that all write the same bytes, and lose nothing of what they read.
//
// The contenders take turns of some milliseconds in one process, each beginning with a clean heap. The lower quartile of
// the turns counts. The process has one processor, so that collecting garbage is paid for by who makes it. A case that
// misses a target is measured again, twice at most: other programs on the machine can spoil a measurement, and nothing can
// improve one. On a machine where others keep every core busy all figures double, and ratios stray by a tenth.
//
// # Result
//
// On two cores of an AMD EPYC, Go 1.26, google.golang.org/protobuf 1.36.12 and vtprotobuf 0.6.0:
//
//	operation        message  zebusgen     google  vtprotobuf  times as fast as google  time of vtprotobuf        allocations
//	  marshal          small      15ns       98ns        19ns                     6.53                0.79          0 / 0 / 0
//	  marshal         medium     225ns      754ns       229ns                     3.35                0.98          0 / 0 / 0
//	  marshal          large   29.54µs  109.558µs    29.789µs                     3.71                0.99          0 / 0 / 0
//	  marshal  large, values  30.583µs  110.738µs    30.568µs                     3.62                1.00          0 / 0 / 0
//	unmarshal          small      78ns      197ns        76ns                     2.53                1.03          2 / 2 / 2
//	unmarshal         medium     817ns    1.777µs     1.064µs                     2.18                0.77        8 / 23 / 23
//	unmarshal          large  91.051µs  185.191µs   102.798µs                     2.03                0.89  239 / 2012 / 2012
//	unmarshal  large, values   87.12µs  202.386µs   114.986µs                     2.32                0.76  114 / 2012 / 2012
//
// Vtprotobuf reads each field where it stands; zebusgen calls a reader, whose code is shared and which accepts every
// encoding that .NET does. It makes up for the calls by allocating less: it looks ahead how many elements follow, makes
// eight of those behind pointers at a time, and puts short texts of a message into blocks of at most 256 bytes.
package main
