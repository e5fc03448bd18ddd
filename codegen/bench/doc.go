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
//	operation        message  zebusgen ns  google ns  vtprotobuf ns  speed, google = 1  time, vtprotobuf = 1      allocations
//	  marshal          small         15.7      103.4           18.5               6.56                  0.85          0, 0, 0
//	  marshal         medium        211.1      734.2          225.2               3.48                  0.94          0, 0, 0
//	  marshal          large      27376.0   102091.0        28603.2               3.73                  0.96          0, 0, 0
//	  marshal  large, values      26464.2   102972.0        28478.2               3.89                  0.93          0, 0, 0
//	unmarshal          small         58.3      165.5           57.9               2.84                  1.01          2, 2, 2
//	unmarshal         medium        630.6     1381.8          777.7               2.19                  0.81        8, 23, 23
//	unmarshal          large      57407.0   151513.0        74920.0               2.64                  0.77  177, 2012, 2012
//	unmarshal  large, values      54792.0   151984.0        74479.0               2.77                  0.74  114, 2012, 2012
//
// Vtprotobuf reads each field where it stands; zebusgen calls a reader, whose code is shared and which accepts every
// encoding that .NET does. It makes up for the calls by allocating less: it looks ahead how many elements follow, makes
// sixteen of those behind pointers at a time, and puts short texts of a message into blocks of at most 256 bytes.
package main
