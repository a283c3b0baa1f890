"""What goes to the CRM: the column contract, the files and their manifest."""

from pipeline.crm.dialects import excel_de_csv, machine_csv, parquet_bytes
from pipeline.crm.export import export_table
from pipeline.crm.fields import FIELDS, SCHEMA_VERSION, Field
from pipeline.crm.manifest import manifest, run_id

__all__ = [
    "FIELDS",
    "SCHEMA_VERSION",
    "Field",
    "excel_de_csv",
    "export_table",
    "machine_csv",
    "manifest",
    "parquet_bytes",
    "run_id",
]
