/// What clients may use up. Each has a share, so that none can starve another.
package struct VarlinkLimits: Sendable {
  /// Bytes of one message without its NUL; a longer one ends its connection.
  package var messageSize = 1 << 20
  /// Connections of all users but root.
  package var connections = 512
  /// Connections of one user. Root has this many beyond ``connections``, so that an administrator always gets in.
  package var connectionsPerUser = 64
  /// Bytes that may wait for a client that does not read, behind the reply that it is being sent. One reply may be
  /// longer; the next one then finds the limit passed, and the connection is closed.
  package var unreadReplies = 1 << 20
  /// How long a connection may be without a call in flight.
  package var idleTime = Duration.seconds(300)

  package init() {}
}
