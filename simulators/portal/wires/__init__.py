"""What browsers and relying parties see of the login: WSO2's paths, words and pages."""
