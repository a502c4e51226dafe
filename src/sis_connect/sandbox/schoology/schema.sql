-- What a sandbox holds. Codes are compared as written; user names and e-mail addresses without regard to case.
-- made_by is the consumer key that made the row, or 'hand' for a person at the screen.

CREATE TABLE IF NOT EXISTS schools (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    parent_id INTEGER REFERENCES schools,
    title TEXT NOT NULL,
    building_code TEXT NOT NULL DEFAULT '',
    details TEXT NOT NULL DEFAULT '{}',
    made_by TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS roles (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    faculty INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS periods (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    start_date TEXT NOT NULL,
    end_date TEXT NOT NULL,
    made_by TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    school_uid TEXT NOT NULL,
    building_id INTEGER NOT NULL REFERENCES schools,
    role_id INTEGER NOT NULL REFERENCES roles,
    name_title TEXT NOT NULL DEFAULT '',
    name_first TEXT NOT NULL,
    name_first_preferred TEXT NOT NULL DEFAULT '',
    name_middle TEXT NOT NULL DEFAULT '',
    name_last TEXT NOT NULL,
    username TEXT NOT NULL DEFAULT '' COLLATE NOCASE,
    primary_email TEXT NOT NULL DEFAULT '' COLLATE NOCASE,
    position TEXT NOT NULL DEFAULT '',
    gender TEXT NOT NULL DEFAULT '',
    grad_year TEXT NOT NULL DEFAULT '',
    birthday_date TEXT NOT NULL DEFAULT '',
    synced INTEGER NOT NULL DEFAULT 0,
    profile TEXT NOT NULL DEFAULT '{}',
    inactive_at INTEGER,
    modified_by TEXT NOT NULL DEFAULT '',
    made_by TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS users_by_school_uid ON users (school_uid);
CREATE INDEX IF NOT EXISTS users_by_username ON users (username);
CREATE INDEX IF NOT EXISTS users_by_email ON users (primary_email);
CREATE INDEX IF NOT EXISTS users_by_name ON users (name_last, name_first, id);
CREATE INDEX IF NOT EXISTS users_by_building ON users (building_id, inactive_at);

CREATE TABLE IF NOT EXISTS user_schools (
    user_id INTEGER NOT NULL REFERENCES users,
    school_id INTEGER NOT NULL REFERENCES schools,
    PRIMARY KEY (user_id, school_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS user_schools_by_school ON user_schools (school_id, user_id);

CREATE TABLE IF NOT EXISTS parent_links (
    student_id INTEGER NOT NULL REFERENCES users,
    parent_id INTEGER NOT NULL REFERENCES users,
    made_by TEXT NOT NULL,
    PRIMARY KEY (student_id, parent_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS parent_links_by_parent ON parent_links (parent_id, student_id);

CREATE TABLE IF NOT EXISTS courses (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    building_id INTEGER NOT NULL REFERENCES schools,
    title TEXT NOT NULL,
    course_code TEXT NOT NULL,
    synced INTEGER NOT NULL DEFAULT 0,
    details TEXT NOT NULL DEFAULT '{}',
    made_by TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS courses_by_code ON courses (course_code);
CREATE INDEX IF NOT EXISTS courses_by_building ON courses (building_id, title, id);

CREATE TABLE IF NOT EXISTS sections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    course_id INTEGER NOT NULL REFERENCES courses,
    title TEXT NOT NULL,
    section_code TEXT NOT NULL DEFAULT '',
    section_school_code TEXT NOT NULL DEFAULT '',
    location TEXT NOT NULL DEFAULT '',
    synced INTEGER NOT NULL DEFAULT 0,
    details TEXT NOT NULL DEFAULT '{}',
    made_by TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS sections_by_course ON sections (course_id, title, id);
CREATE INDEX IF NOT EXISTS sections_by_code ON sections (section_school_code);

CREATE TABLE IF NOT EXISTS section_periods (
    section_id INTEGER NOT NULL REFERENCES sections ON DELETE CASCADE,
    period_id INTEGER NOT NULL REFERENCES periods,
    PRIMARY KEY (section_id, period_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS section_periods_by_period ON section_periods (period_id, section_id);

CREATE TABLE IF NOT EXISTS enrollments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    section_id INTEGER NOT NULL REFERENCES sections ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users,
    admin INTEGER NOT NULL DEFAULT 0,
    status INTEGER NOT NULL DEFAULT 1,
    made_by TEXT NOT NULL,
    UNIQUE (section_id, user_id)
);
CREATE INDEX IF NOT EXISTS enrollments_by_user ON enrollments (user_id, section_id);
