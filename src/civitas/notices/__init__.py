"""Delivery of news: to a recipient's uid, what, by which channel; one-click unsubscribing; the demo's mailbox.

It knows no person and no domain: rooms above declare kinds of news and how they are worded, addresses come from the registry.
"""
