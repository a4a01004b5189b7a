"""Load: journeys of many citizens through the suite's own adapter, and an audit that Locust's table cannot give."""
