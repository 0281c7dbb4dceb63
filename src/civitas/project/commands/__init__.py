"""The commands of `civitas`, split by noun; each sets Django up itself, so that help is quick."""
