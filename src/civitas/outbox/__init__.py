"""What has to happen later: rows written in the action's own transaction, drained by a worker with lease, retry and ticker.

It knows no task itself; each room declares its own in `tasks.py`. What a row is about stays in the room that wrote it.
"""
