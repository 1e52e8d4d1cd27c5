// OpenSSL 3.0 for Swift: the headers in use, and a function for each macro that Swift cannot import.
// Everything here is stateless; ownership follows OpenSSL's own naming (get0 borrows, get1 and new own).
#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H
#include <string.h>
#include <openssl/opensslv.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ec.h>
#include <openssl/bn.h>
#include <openssl/rsa.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <openssl/x509_vfy.h>

// memory BIO
static inline long cossl_BIO_get_mem_data(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }

// stacks of certificates; pushing does not add a reference
static inline STACK_OF(X509) *cossl_sk_X509_new(void) { return sk_X509_new_null(); }
static inline int cossl_sk_X509_push(STACK_OF(X509) *stack, X509 *certificate) { return sk_X509_push(stack, certificate); }
static inline void cossl_sk_X509_free(STACK_OF(X509) *stack) { sk_X509_free(stack); }
static inline int cossl_sk_X509_num(const STACK_OF(X509) *stack) { return sk_X509_num(stack); }
static inline X509 *cossl_sk_X509_value(const STACK_OF(X509) *stack, int index) { return sk_X509_value(stack, index); }

// verification flags: a revocation list for every certificate of the chain, RFC 5280 read strictly
static inline unsigned long cossl_verify_flags(void) {
    return X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_X509_STRICT;
}
static inline unsigned long cossl_verify_flags_without_lists(void) { return X509_V_FLAG_X509_STRICT; }

// extended usages that a certificate names beside those for TLS; X509_get_extended_key_usage leaves out those that OpenSSL has no bit for
static inline int cossl_other_extended_usages(const X509 *certificate) {
    EXTENDED_KEY_USAGE *usages = (EXTENDED_KEY_USAGE *)X509_get_ext_d2i(certificate, NID_ext_key_usage, NULL, NULL);
    int others = 0;
    for (int index = 0; index < sk_ASN1_OBJECT_num(usages); index++) {
        int usage = OBJ_obj2nid(sk_ASN1_OBJECT_value(usages, index));
        if (usage != NID_client_auth && usage != NID_server_auth) others++;
    }
    EXTENDED_KEY_USAGE_free(usages);
    return others;
}

// extensions, written as in openssl.cnf; 0 when OpenSSL refuses the text
static inline int cossl_add_extension(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (extension == NULL) return 0;
    int added = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}
static inline int cossl_add_list_extension(X509_CRL *list, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, NULL, NULL, list, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (extension == NULL) return 0;
    int added = X509_CRL_add_ext(list, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}
static inline int cossl_add_list_number(X509_CRL *list, int64_t number) {
    ASN1_INTEGER *value = ASN1_INTEGER_new();
    if (value == NULL) return 0;
    int added = ASN1_INTEGER_set_int64(value, number) && X509_CRL_add1_ext_i2d(list, NID_crl_number, value, 0, 0);
    ASN1_INTEGER_free(value);
    return added;
}

// 128 random bits as a positive serial number (RFC 5280 §4.1.2.2: at most 20 bytes, never zero)
static inline int cossl_set_random_serial(X509 *certificate) {
    unsigned char bytes[16];
    if (RAND_bytes(bytes, sizeof bytes) != 1) return 0;
    bytes[0] |= 0x80;
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    int set = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return set;
}

// one revoked serial number (hexadecimal) with its date
static inline int cossl_add_revoked(X509_CRL *list, const char *serial, ASN1_TIME *date) {
    BIGNUM *number = NULL;
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_INTEGER *value = NULL;
    int added = entry != NULL && BN_hex2bn(&number, serial) > 0 && (value = BN_to_ASN1_INTEGER(number, NULL)) != NULL
        && X509_REVOKED_set_serialNumber(entry, value) && X509_REVOKED_set_revocationDate(entry, date) && X509_CRL_add0_revoked(list, entry);
    if (!added) X509_REVOKED_free(entry);
    ASN1_INTEGER_free(value);
    BN_free(number);
    return added;
}

// 1 when a certificate with this serial number, hexadecimal, stands on the list
static inline int cossl_is_revoked(X509_CRL *list, const char *serial) {
    BIGNUM *number = NULL;
    ASN1_INTEGER *value = NULL;
    X509_REVOKED *entry = NULL;
    int found = BN_hex2bn(&number, serial) > 0 && (value = BN_to_ASN1_INTEGER(number, NULL)) != NULL
        && X509_CRL_get0_by_serial(list, &entry, value) == 1;
    ASN1_INTEGER_free(value);
    BN_free(number);
    return found;
}

static inline int cossl_utf8_string(void) { return MBSTRING_UTF8; }

// 1 when the last error says that no further PEM block begins
static inline int cossl_is_end_of_pem(unsigned long error) {
    return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

// P-256 through provider parameters: `point` is an uncompressed point (65 bytes); NULL when it is not on the curve
static inline EVP_PKEY *cossl_p256_public(const unsigned char *point, size_t length) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (context == NULL) return NULL;
    OSSL_PARAM parameters[3] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"prime256v1", 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point, length),
        OSSL_PARAM_construct_end(),
    };
    if (EVP_PKEY_fromdata_init(context) <= 0 || EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) <= 0) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    EVP_PKEY_CTX_free(context);
    return key;
}

// A private P-256 key from scalar (32 bytes, big-endian) and public point (65 bytes); NULL unless both belong together.
static inline EVP_PKEY *cossl_p256_private(const unsigned char *scalar, size_t scalar_length, const unsigned char *point, size_t length) {
    EVP_PKEY *key = NULL;
    BIGNUM *number = BN_secure_new();
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (number != NULL && builder != NULL && context != NULL && BN_bin2bn(scalar, (int)scalar_length, number) != NULL
        && OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0)
        && OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, length)
        && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, number)
        && (parameters = OSSL_PARAM_BLD_to_param(builder)) != NULL
        && EVP_PKEY_fromdata_init(context) > 0
        && EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters) > 0) {
        EVP_PKEY_CTX *check = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
        if (check == NULL || EVP_PKEY_check(check) <= 0) {
            EVP_PKEY_free(key);
            key = NULL;
        }
        EVP_PKEY_CTX_free(check);
    }
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    BN_clear_free(number);
    return key;
}

// Never asks a terminal for a password: an encrypted file is refused.
static inline int cossl_no_password(char *buffer, int size, int writing, void *unused) {
    (void)buffer; (void)size; (void)writing; (void)unused;
    return -1;
}
static inline EVP_PKEY *cossl_read_private_key(BIO *bio) { return PEM_read_bio_PrivateKey(bio, NULL, cossl_no_password, NULL); }
static inline X509 *cossl_read_certificate(BIO *bio) { return PEM_read_bio_X509(bio, NULL, cossl_no_password, NULL); }
static inline X509_CRL *cossl_read_list(BIO *bio) { return PEM_read_bio_X509_CRL(bio, NULL, cossl_no_password, NULL); }
static inline X509_REQ *cossl_read_request(BIO *bio) { return PEM_read_bio_X509_REQ(bio, NULL, cossl_no_password, NULL); }
static inline int cossl_write_private_key(BIO *bio, const EVP_PKEY *key) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
}

// 1 for a P-256 key; afterwards its public point is written uncompressed
static inline int cossl_is_p256(EVP_PKEY *key) {
    char name[64];
    size_t length = 0;
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC) return 0;
    if (!EVP_PKEY_get_group_name(key, name, sizeof name, &length)) return 0;
    if (strcmp(name, "prime256v1") != 0) return 0;
    return EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed");
}

static inline EVP_PKEY *cossl_p256_generate(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"); }

// A fresh key on the curve of `like`, of which nothing but the group is taken: building the group anew costs as much as the key.
static inline EVP_PKEY *cossl_generate_like(EVP_PKEY *like) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, like, NULL);
    if (context == NULL || EVP_PKEY_keygen_init(context) <= 0 || EVP_PKEY_keygen(context, &key) <= 0) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    EVP_PKEY_CTX_free(context);
    return key;
}

// ECDSA signature between DER and the 64 bytes r‖s of JWS (RFC 7518 §3.4); 1 on success
static inline int cossl_ecdsa_der_to_raw(const unsigned char *der, long length, unsigned char *raw) {
    const unsigned char *cursor = der;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &cursor, length);
    if (signature == NULL) return 0;
    int ok = BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, 32) == 32 && BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + 32, 32) == 32;
    ECDSA_SIG_free(signature);
    return ok;
}
static inline int cossl_ecdsa_raw_to_der(const unsigned char *raw, unsigned char *der, int capacity) {
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, 32, NULL), *s = BN_bin2bn(raw + 32, 32, NULL);
    if (signature == NULL || r == NULL || s == NULL || !ECDSA_SIG_set0(signature, r, s)) {
        ECDSA_SIG_free(signature);
        BN_free(r);
        BN_free(s);
        return 0;
    }
    int length = i2d_ECDSA_SIG(signature, NULL);
    if (length > 0 && length <= capacity) length = i2d_ECDSA_SIG(signature, &der);
    else length = 0;
    ECDSA_SIG_free(signature);
    return length;
}

// An RSA key (RFC 8017) from its numbers, big-endian and one behind the other: n and e, or n, e, d, p, q, dp, dq and qi of a private key,
// which must belong together. NULL otherwise.
static inline EVP_PKEY *cossl_rsa_from(const unsigned char *numbers, const size_t *lengths, int count) {
    // a builder keeps these pointers and copies nothing
    static const char *const names[] = {OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1,
        OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
    BIGNUM *held[8] = {NULL};
    OSSL_PARAM *parameters = NULL;
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    int pushed = builder != NULL && context != NULL && (count == 2 || count == 8);
    for (int i = 0; pushed && i < count; numbers += lengths[i++]) {
        held[i] = BN_bin2bn(numbers, (int)lengths[i], NULL);
        pushed = held[i] != NULL && OSSL_PARAM_BLD_push_BN(builder, names[i], held[i]);
    }
    if (pushed && (parameters = OSSL_PARAM_BLD_to_param(builder)) != NULL && EVP_PKEY_fromdata_init(context) > 0
        && EVP_PKEY_fromdata(context, &key, count == 8 ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, parameters) > 0 && count == 8) {
        EVP_PKEY_CTX *check = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
        if (check == NULL || EVP_PKEY_check(check) <= 0) {
            EVP_PKEY_free(key);
            key = NULL;
        }
        EVP_PKEY_CTX_free(check);
    }
    for (int i = 0; i < 8; i++) BN_clear_free(held[i]);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(context);
    return key;
}
static inline EVP_PKEY *cossl_rsa_generate(size_t bits) { return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits); }
// 1 for a plain RSA key; not for one that is bound to PSS by its own parameters, which may name another digest
static inline int cossl_is_rsa(const EVP_PKEY *key) { return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA; }
static inline int cossl_set_pss_sha256(EVP_PKEY_CTX *context) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 && EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) > 0
        && EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) > 0
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0;
}
static inline int cossl_set_oaep_sha1(EVP_PKEY_CTX *context) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0 && EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha1()) > 0
        && EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha1()) > 0;
}
static inline void cossl_free(void *bytes) { OPENSSL_free(bytes); }

// key types and sizes behind macros or names that differ between releases
static inline int cossl_key_id(const EVP_PKEY *key) { return EVP_PKEY_get_base_id(key); }
static inline int cossl_key_bits(const EVP_PKEY *key) { return EVP_PKEY_get_bits(key); }
#endif
