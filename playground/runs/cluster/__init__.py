"""Runs trained by a Ray cluster instead of this machine's own worker processes (PLAYGROUND_CLUSTER).

`pool` is the web process's side and knows no Ray; `gateway` is a process of its own that does; an `outpost` is an actor
on some node of the cluster, with one worker. The same messages travel all the way, and only plain bytes reach the web
process.
"""
