/// What clients may use up. Each has a share, so that none can starve another.
package struct VarlinkLimits: Sendable {
  /// Bytes of one message without its NUL; a longer one ends its connection. A method may take more.
  package var messageSize = 1 << 16
  /// Connections of all users that have no priority. When all are taken, whoever has most gives one up for a user that
  /// has fewer.
  package var connections = 512
  /// Connections beyond ``connections`` for those with priority, so that an administrator always gets in.
  package var reservedConnections = 128
  /// Connections of one user.
  package var connectionsPerUser = 64
  /// Bytes that may wait for a client that does not read, behind the reply that it is being sent. One reply may be
  /// longer; the next one then finds the limit passed, and the connection is closed.
  package var unreadReplies = 1 << 20
  /// Bytes that may wait for all connections of one user: messages whose end is missing, and replies that were not read.
  /// When there are more, the connection that has not moved for longest is closed, unless it is the only one.
  package var waitingPerUser = 4 << 20
  /// The same of all users together.
  package var waiting = 16 << 20
  /// Calls of one user that are begun before others have their turn, and the bytes of them.
  package var callsPerTurn = 16
  package var bytesPerTurn = 1 << 18
  /// How long a connection may be without a call in flight.
  package var idleTime = Duration.seconds(300)
  /// Bytes that came and went after which memory is given back, once there is a pause.
  package var burst = 1 << 20

  package init() {}
}
