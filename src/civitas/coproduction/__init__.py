"""Service concepts that several people write together, and the gates at which named people decide how it goes on."""
