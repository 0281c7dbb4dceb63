"""The pages of the queue: flagging, deciding, thousands at once, and what authors read of it."""
