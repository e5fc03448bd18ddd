package zmq

import (
	"context"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"
)

// lookupTimeout bounds what a start spends on names. Machines without a resolver are common.
const lookupTimeout = 2 * time.Second

// effectiveEndpoint returns what other peers are told: AdvertisedEndpoint, or the host of InboundEndpoint, or the name
// of this machine; with the port that was bound. A host that this machine cannot resolve is worth a warning.
func effectiveEndpoint(ctx context.Context, cfg *Config, bound string) (string, error) {
	e, err := ParseEndpoint(bound)
	if err != nil {
		return "", err
	}
	wanted, err := configuredEndpoint(cfg)
	if err != nil {
		return "", err
	}
	if !wanted.AnyPort() && cfg.AdvertisedEndpoint != "" {
		e.Port = wanted.Port
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	e.Host = effectiveHost(ctx, wanted, e, cfg.Logger)
	return e.String(), nil
}

func configuredEndpoint(cfg *Config) (Endpoint, error) {
	if cfg.AdvertisedEndpoint != "" {
		return parseAdvertised(cfg.AdvertisedEndpoint)
	}
	return ParseEndpoint(cfg.InboundEndpoint)
}

// anyInterface is where to listen and not where to connect: who connects to it reaches the own machine.
const anyInterface = "0.0.0.0"

func effectiveHost(ctx context.Context, wanted, bound Endpoint, log *slog.Logger) string {
	switch {
	case !wanted.AnyHost() && wanted.Host != anyInterface:
		if !resolves(ctx, wanted.Host) {
			log.Warn("this machine cannot resolve the host that it tells other peers; they may not reach it: see advertised_endpoint",
				"host", wanted.Host)
		}
		return wanted.Host
	case bound.Host != anyInterface:
		return bound.Host // one interface was chosen: its address is sure to be the right one
	default:
		return machineHost(ctx, log)
	}
}

func resolves(ctx context.Context, host string) bool {
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", host)
	return err == nil && len(found) > 0
}

// machineHost returns the full name of this machine, or an address of it where its name means nothing.
func machineHost(ctx context.Context, log *slog.Logger) string {
	name, err := os.Hostname()
	if err == nil && resolves(ctx, name) {
		return fullName(ctx, name)
	}
	address := machineAddress()
	log.Warn("the name of this machine does not resolve; other peers are told an address instead: see advertised_endpoint",
		"name", name, "address", address)
	return address
}

// fullName returns the name with its domain, where there is one and it resolves.
func fullName(ctx context.Context, name string) string {
	full, err := net.DefaultResolver.LookupCNAME(ctx, name)
	full = strings.TrimSuffix(full, ".")
	if err != nil || !(Endpoint{Host: full, Port: "*"}).wellFormed() || !resolves(ctx, full) {
		return name
	}
	return full
}

// machineAddress returns an IPv4 address by which others may reach this machine: the loopback one only when there is
// no other.
func machineAddress() string {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return "127.0.0.1"
	}
	for _, a := range addresses {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.To4() != nil && ip.IP.IsGlobalUnicast() {
			return ip.IP.String()
		}
	}
	return "127.0.0.1"
}
