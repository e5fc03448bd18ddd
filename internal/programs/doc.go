// Package programs tests the programs as a user meets them: as processes, with their command lines, files, signals and
// exit codes. It holds the tables of bad input: what a program is told, or a library is asked, that cannot work; the
// error that comes of it, in what time; and what remains.
package programs
