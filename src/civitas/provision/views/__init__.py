"""Services as people meet them, and the team's desk for them."""
