"""The command line: what a person or a script says to SIS Connect, and what they are told.

`commands` holds what each command takes and its help, and loads in no time; `actions` does the work; `showing` turns
values into tables and sentences. Not here: any rule, any request, any file of a district.
"""
