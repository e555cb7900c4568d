"""An index kept by a Milvus cluster, or by Milvus Lite in a file; only `connection` and `shape` know pymilvus."""
