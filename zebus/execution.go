package zebus

// MessageExecutionCompleted answers a command: every command that a peer receives and can read is answered by one.
//
//zebus:message namespace=Abc.Zebus.Core transient infrastructure
type MessageExecutionCompleted struct {
	SourceCommandID MessageID      `zebus:"1"`
	ErrorCode       int32          `zebus:"2,required"` // 0 is success
	PayloadType     *MessageTypeID `zebus:"3"`          // of the reply, where there is one
	Payload         []byte         `zebus:"4"`
	ResponseMessage *string        `zebus:"5"`
}
