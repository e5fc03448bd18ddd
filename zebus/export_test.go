package zebus

// ObserverOf returns what a bus of the builder tells.
func ObserverOf(b *Builder) Observer { return b.config.observer }
