"""Who somebody is stays outside: `pseudonyms` for customers, their `consent`, no figure of small `groups`."""
