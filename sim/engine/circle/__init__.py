"""The circle client - gateway - database as one compiled event loop.

Requests can time out and be sent again, so data flows in a circle here and cannot be computed stage by stage.
One domain is one circle.
"""
