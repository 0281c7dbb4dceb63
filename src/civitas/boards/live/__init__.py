"""The live side of boards: sockets, what goes over them, and the one thread that judges and commits."""
