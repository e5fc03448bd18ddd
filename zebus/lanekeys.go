package zebus

import (
	"slices"
	"strings"
	"sync"
)

// laneKeys knows in which lane of a queue the messages of each key are. A key has a lane while at least one of its messages
// is under way; the next time it may be another one.
type laneKeys struct {
	mu    sync.Mutex
	lanes map[string]keyInLane
	load  []int // messages under way, by lane
}

type keyInLane struct {
	lane     int
	underWay int
}

// keysOf returns those of the queue of a handler. rs.changing must be held.
func (rs *routes) keysOf(h *Handler) *laneKeys {
	queue := strings.ToLower(h.queueName())
	if rs.keys[queue] == nil {
		if rs.keys == nil {
			rs.keys = map[string]*laneKeys{}
		}
		rs.keys[queue] = &laneKeys{lanes: map[string]keyInLane{}, load: make([]int, h.lanes.count)}
	}
	return rs.keys[queue]
}

// enter returns the lane for a message: that of the others of its key, or else the one with the least to do.
func (k *laneKeys) enter(key string) (lane int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	of, there := k.lanes[key]
	if !there {
		of.lane = slices.Index(k.load, slices.Min(k.load))
	}
	of.underWay++
	k.lanes[key] = of
	k.load[of.lane]++
	return of.lane
}

// leave says that a message of the key is done.
func (k *laneKeys) leave(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	of := k.lanes[key]
	k.load[of.lane]--
	if of.underWay--; of.underWay == 0 {
		delete(k.lanes, key)
	} else {
		k.lanes[key] = of
	}
}
