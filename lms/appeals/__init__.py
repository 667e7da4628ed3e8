"""One service for all appeals: who may, until when, who decides, what is held."""
