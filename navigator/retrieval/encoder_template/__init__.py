"""What the saved encoder's folder is made from: a sentence-transformers module and the texts of its small files."""
