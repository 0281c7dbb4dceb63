"""Services as people meet them: the catalogue's pages, how each came to be, how it is looked at again, and what people say of it."""
