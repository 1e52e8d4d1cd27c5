/// Version of `convenant.sqlite` in which the log is also searched by a school: its number may hold letters.
///
/// Entries of before are found as bytes, as ``schemaOfficer`` finds them.
let schemaSchool = """
    INSERT OR IGNORE INTO audit_term (term, seq)
        SELECT CAST(oin AS TEXT), seq FROM (
            SELECT substr(entry, 44, 20) AS oin, seq FROM audit_entry
                WHERE substr(entry, 1, 43) = x'7b226163746f72223a7b226b696e64223a22706172746e6572222c226f7267616e69736174696f6e223a22'
            UNION ALL SELECT substr(entry, instr(entry, x'22726563697069656e74223a22') + 13, 20), seq FROM audit_entry
                WHERE instr(entry, x'22726563697069656e74223a223030303030303037') > 0
            UNION ALL SELECT substr(entry, instr(entry, x'22706172746e6572223a22') + 11, 20), seq FROM audit_entry
                WHERE instr(entry, x'22706172746e6572223a223030303030303037') > 0)
        WHERE length(oin) = 20 AND CAST(oin AS TEXT) GLOB '00000007*' AND CAST(oin AS TEXT) NOT GLOB '*[^0-9A-Z]*';
    """
