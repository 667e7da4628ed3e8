"""When a course is due: counting, pausing during leave, reminding, extending, and who is late."""
