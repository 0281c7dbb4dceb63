"""How the house writes dates where Django would write them otherwise."""
