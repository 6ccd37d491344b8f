"""The offline preview: a stack's program runs against an engine of ours, by Pulumi's own protocol, and is then checked.

No account, no network and no Pulumi CLI take part. What a real cloud would say to the requests is not known here.
"""
