package zebus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zebus-go/zebus/dispatch"
)

// failure is what one handler made of a message.
type failure struct {
	handler string
	err     error
}

// publishedError marks an error to be published although it is an answer.
type publishedError struct{ err error }

func (e *publishedError) Error() string { return e.err.Error() }

func (e *publishedError) Unwrap() error { return e.err }

// Published marks an answer made by [Fail] as worth a [MessageProcessingFailed], where error publication is on. Other
// errors are published anyway. Published(nil) is nil.
func Published(err error) error {
	if err == nil {
		return nil
	}
	return &publishedError{err}
}

// publishable says whether the world should hear of an error: of all but answers, unless they are marked.
func publishable(err error) bool {
	if _, marked := errors.AsType[*publishedError](err); marked {
		return true
	}
	return answerIn(err) == nil
}

// WithErrorPublication makes the bus publish a [MessageProcessingFailed] for messages that a handler failed on, or that
// could not be read. Off unless called.
func (b *Builder) WithErrorPublication(on bool) *Builder {
	b.config.publishErrors = on
	return b
}

// publishFailures tells the world what the handlers of a message failed on. It is for a bus that publishes errors.
func (in *incoming) publishFailures() {
	failures := in.remarks.of(in.epoch).failed
	if !anyPublishable(failures) || in.route.messageType == failedType {
		return // a handler that fails on the news of a failure would cause more such news without end
	}
	var texts, names []string
	for _, f := range failures {
		texts = append(texts, f.err.Error())
		names = append(names, f.handler)
	}
	in.publish(in.json(), strings.Join(texts, "\n\n"), names)
}

var failedType = (*MessageProcessingFailed)(nil).ZebusType()

func anyPublishable(failures []failure) bool {
	for _, f := range failures {
		if publishable(f.err) {
			return true
		}
	}
	return false
}

func (in *incoming) publish(text, problem string, handlers []string) {
	b, failing := in.bus(), *in.envelope()
	failing.Content = bytes.Clone(failing.Content) // an inline handler of this peer may keep what is published
	ctx := newContext(in, dispatch.Turn{})
	ctx.extra = &contextExtra{parent: context.WithoutCancel(in.run.ctx)} // also when a stop has given up waiting
	err := b.Publish(ctx, &MessageProcessingFailed{
		FailingMessage: failing, FailingMessageJSON: text, ExceptionMessage: problem,
		ExceptionTime: time.Now(), FailingHandlerNames: handlers,
	})
	if err != nil {
		b.config.logger.WarnContext(ctx, "publish a failure", "message", failing.Type, "id", failing.ID, "error", err)
	}
}

// json returns the message as people read it, or why it cannot be shown.
func (in *incoming) json() string {
	m := in.route.messageType.New()
	if err := m.ZebusUnmarshal(in.content); err != nil {
		return "unreadable: " + err.Error()
	}
	text, err := JSON(m)
	if err != nil {
		return "no JSON: " + err.Error()
	}
	return string(text)
}

// unreadable notes that the content is not of its type, keeps it for whoever looks into it, and tells the world. The
// sender gets no answer, as from any Zebus peer.
func (in *incoming) unreadable(err error) {
	if !in.remarks.silence(in.epoch) {
		return // another handler has met the same bytes
	}
	b, m := in.bus(), in.envelope()
	where := b.dumps.write(b.config.dumpFolder, b.ID(), m)
	err = fmt.Errorf("%w: %s: %w", ErrUnreadable, m.Type, err)
	b.drop(m, err)
	b.config.logger.Error("unreadable message", "message", m.Type, "id", m.ID, "dump", where)
	if b.config.publishErrors && in.route.messageType != failedType {
		in.publish("", fmt.Sprintf("message %s of type %s from %s at %s could not be read, its content is in %s: %v", m.ID,
			m.Type, m.Originator.SenderID, m.Originator.SenderEndpoint, where, err), nil)
	}
}
