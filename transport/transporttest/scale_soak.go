//go:build soak

package transporttest

// manyPeers is the number of peers that one message goes to.
const manyPeers = 1000
