//go:build soak

package transporttest

// manyPeers is the number of peers that one message goes to: more than libzmq has sockets for by default.
const manyPeers = 1100
