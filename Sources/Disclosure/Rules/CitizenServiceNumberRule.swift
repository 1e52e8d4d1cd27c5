import Casework

/// What an article lists, without the citizen service number when no act prescribes it there (UAVG 46).
func citizenServiceNumberRule(_ article: Article) -> FieldNames {
    article.bsnUnder == nil ? article.fields.subtracting([.bsn]) : article.fields
}
