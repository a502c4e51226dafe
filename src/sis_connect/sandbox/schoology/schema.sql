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

-- Grades. A scale without a section is there for all of them; times are unix seconds of the sandbox's clock.

CREATE TABLE IF NOT EXISTS grading_scales (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    section_id INTEGER REFERENCES sections ON DELETE CASCADE,
    title TEXT NOT NULL,
    type INTEGER NOT NULL,
    auto_averaging INTEGER NOT NULL DEFAULT 0,
    hide_numeric INTEGER NOT NULL DEFAULT 0,
    levels TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS grading_scales_by_section ON grading_scales (section_id);

CREATE TABLE IF NOT EXISTS grading_categories (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    section_id INTEGER NOT NULL REFERENCES sections ON DELETE CASCADE,
    title TEXT NOT NULL,
    calculation_type INTEGER NOT NULL DEFAULT 2,
    default_max_points REAL NOT NULL DEFAULT 100,
    default_grading_scale_id INTEGER NOT NULL DEFAULT 0,
    drop_lowest INTEGER NOT NULL DEFAULT 0,
    weight REAL NOT NULL DEFAULT 100,
    delta INTEGER NOT NULL DEFAULT 0,
    made_by TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS grading_categories_by_section ON grading_categories (section_id, delta, id);

-- due is the wall clock of the school's zone, as the API writes it; deleted_at is kept so that a poll may tell of it.
CREATE TABLE IF NOT EXISTS grade_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    section_id INTEGER NOT NULL REFERENCES sections ON DELETE CASCADE,
    type TEXT NOT NULL DEFAULT 'assignment',
    title TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    due TEXT NOT NULL DEFAULT '',
    grading_scale INTEGER NOT NULL DEFAULT 0,
    grading_period INTEGER NOT NULL DEFAULT 0,
    grading_category INTEGER NOT NULL DEFAULT 0,
    max_points REAL NOT NULL DEFAULT 100,
    factor REAL NOT NULL DEFAULT 1,
    is_final INTEGER NOT NULL DEFAULT 0,
    published INTEGER NOT NULL DEFAULT 1,
    count_in_grade INTEGER NOT NULL DEFAULT 1,
    collected_only INTEGER NOT NULL DEFAULT 0,
    details TEXT NOT NULL DEFAULT '{}',
    deleted_at INTEGER,
    made_by TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS grade_items_by_section ON grade_items (section_id, is_final, due, id);

CREATE TABLE IF NOT EXISTS assignees (
    item_id INTEGER NOT NULL REFERENCES grade_items ON DELETE CASCADE,
    enrollment_id INTEGER NOT NULL REFERENCES enrollments ON DELETE CASCADE,
    PRIMARY KEY (item_id, enrollment_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS assignees_by_enrollment ON assignees (enrollment_id, item_id);

-- A cleared grade is a row without grade and exception.
CREATE TABLE IF NOT EXISTS grades (
    item_id INTEGER NOT NULL REFERENCES grade_items ON DELETE CASCADE,
    enrollment_id INTEGER NOT NULL REFERENCES enrollments ON DELETE CASCADE,
    section_id INTEGER NOT NULL REFERENCES sections ON DELETE CASCADE,
    grade REAL,
    exception INTEGER NOT NULL DEFAULT 0,
    comment TEXT NOT NULL DEFAULT '',
    comment_status INTEGER,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (item_id, enrollment_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS grades_by_section ON grades (section_id, updated_at);
CREATE INDEX IF NOT EXISTS grades_by_enrollment ON grades (enrollment_id, item_id);

-- period is the id of a grading period, or 'final'.
CREATE TABLE IF NOT EXISTS final_comments (
    enrollment_id INTEGER NOT NULL REFERENCES enrollments ON DELETE CASCADE,
    period TEXT NOT NULL,
    comment TEXT NOT NULL,
    comment_status INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (enrollment_id, period)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS trigger_targets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    target TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT ''
);

CREATE TABLE IF NOT EXISTS trigger_subscriptions (
    target_id INTEGER NOT NULL REFERENCES trigger_targets ON DELETE CASCADE,
    trigger_name TEXT NOT NULL,
    include_object INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (target_id, trigger_name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    target_id INTEGER NOT NULL REFERENCES trigger_targets ON DELETE CASCADE,
    event TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL
);
