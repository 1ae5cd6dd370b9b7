"""What several tests need: a Spark cluster on loopback, closed sockets, small fact tables."""
