"""What goes to the CRM.

- The columns, their types and meanings: `fields`.
- From segments to that table, with real ids: `export`; who must not be contacted: `consent`.
- As bytes: `dialects`; what vouches for them: `manifest`.
"""
