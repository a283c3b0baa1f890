"""What `churn inspect` believes of a file, and the parameters it proposes.

`proposal` leads the way: `roles` guesses what each column is, `doubts` asks where columns may mean another
thing, `events` tells a log of events from one of orders, `signs` what amounts below zero stand for.
"""
