"""What the pages of all sandboxes share: looks, paging, and the headers that keep them harmless."""
