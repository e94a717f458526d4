"""READ: files that others have written, as plain data or as problems by file, field and reason. No database."""
