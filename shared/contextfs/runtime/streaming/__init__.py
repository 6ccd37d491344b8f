"""`GET /v1/sessions/{session_id}/stream`: a session over a WebSocket, appended to with acknowledgements, and watched.

Frames are JSON texts with the nouns of the routes. A client sends

    {"type": "append", "seq": 1, "message": {…}}     seq counts up from 1, in one `?stream=` of the client's own naming
    {"type": "complete", "seq": 2}
    {"type": "watch", "from": "beginning" | "now"}

and is told

    {"type": "ack", "seq": 1, "id": …}               it is stored, and stays so; sent again, it is stored once
    {"type": "refused", "seq": 1, "problem": {…}}    it is not stored, and never will be as it is
    {"type": "message", "message": {…}}              somebody said something in a session that is watched

Every frame goes through the door as a call of its own: who and may, one transaction, audit, meter. What comes while a
call is under way is stored together by the next one. When too much waits, the socket is not read: the sender waits.

Close codes: 1003 a frame is no text, 1007 it is no JSON of these, 1009 it is too large, 1011 a fault of the server,
1013 try again (nothing that was not acknowledged is stored for certain), 4401, 4403, 4404 as the statuses of HTTP.
It does not order what several clients append at once other than by when it came.
"""
