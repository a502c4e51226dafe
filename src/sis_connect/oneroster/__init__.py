"""The OneRoster 1.1 standard, and nothing of ours: its data model, its values and its two bindings, CSV and REST.

What is where, for those who use it as a library (docs/library.md):

- `schema`: every entity and field, with its names in CSV and JSON, its type and its rules (`ENTITIES`)
- `operations`: the 61 operations of REST, their paths, root keys and scopes (`OPERATIONS`)
- `json_reader`: a reply becomes rows, and what deviates is counted (`read_page`)
- `json_writer`: a row becomes a record of JSON (`write_record`); `json_text.encode_json` makes the bytes
- `query`: filter, sort and fields, for both ends (`parse_filter`, `matches`, `filter_sql`, `build_filter`)
- `status_info`: what a provider says about a request, `statusInfoSet`
- `values`: how the text of each type is read, as SQL
- `csv_format`, `csv_headers`, `csv_versions`: packages, their manifest and their header rows
- `snapshot`: what one pull said, in sealed files
- `rest_rules`, `json_deviations`: the codes of what is tolerated or refused

The other modules serve these. Nothing here opens a connection or a file, or asks for the time.
"""
