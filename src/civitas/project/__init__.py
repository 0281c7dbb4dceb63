"""How the rooms become one program: settings, addresses, the `civitas` command, demo and supervisor."""
