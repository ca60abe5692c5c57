#pragma once
// Gives GMP's documented names, which are preprocessor aliases that Swift does not import.
#include <gmp.h>

#undef mpz_init
static inline void mpz_init(mpz_ptr x) { __gmpz_init(x); }
#undef mpz_clear
static inline void mpz_clear(mpz_ptr x) { __gmpz_clear(x); }
#undef mpz_set
static inline void mpz_set(mpz_ptr r, mpz_srcptr a) { __gmpz_set(r, a); }
#undef mpz_set_si
static inline void mpz_set_si(mpz_ptr r, long a) { __gmpz_set_si(r, a); }
#undef mpz_set_ui
static inline void mpz_set_ui(mpz_ptr r, unsigned long a) { __gmpz_set_ui(r, a); }
#undef mpz_get_si
static inline long mpz_get_si(mpz_srcptr a) { return __gmpz_get_si(a); }
#undef mpz_get_ui
static inline unsigned long mpz_get_ui(mpz_srcptr a) { return __gmpz_get_ui(a); }
#undef mpz_fits_slong_p
static inline int mpz_fits_slong_p(mpz_srcptr a) { return __gmpz_fits_slong_p(a); }
#undef mpz_add
static inline void mpz_add(mpz_ptr r, mpz_srcptr a, mpz_srcptr b) { __gmpz_add(r, a, b); }
#undef mpz_sub
static inline void mpz_sub(mpz_ptr r, mpz_srcptr a, mpz_srcptr b) { __gmpz_sub(r, a, b); }
#undef mpz_mul
static inline void mpz_mul(mpz_ptr r, mpz_srcptr a, mpz_srcptr b) { __gmpz_mul(r, a, b); }
#undef mpz_mod
static inline void mpz_mod(mpz_ptr r, mpz_srcptr a, mpz_srcptr m) { __gmpz_mod(r, a, m); }
#undef mpz_fdiv_q
static inline void mpz_fdiv_q(mpz_ptr r, mpz_srcptr a, mpz_srcptr d) { __gmpz_fdiv_q(r, a, d); }
#undef mpz_mul_2exp
static inline void mpz_mul_2exp(mpz_ptr r, mpz_srcptr a, unsigned long n) {
  __gmpz_mul_2exp(r, a, n);
}
#undef mpz_invert
static inline int mpz_invert(mpz_ptr r, mpz_srcptr a, mpz_srcptr m) {
  return __gmpz_invert(r, a, m);
}
#undef mpz_powm
static inline void mpz_powm(mpz_ptr r, mpz_srcptr b, mpz_srcptr e, mpz_srcptr m) {
  __gmpz_powm(r, b, e, m);
}
#undef mpz_neg
static inline void mpz_neg(mpz_ptr r, mpz_srcptr a) { mpz_set(r, a); r->_mp_size = -r->_mp_size; }
#undef mpz_cmp
static inline int mpz_cmp(mpz_srcptr a, mpz_srcptr b) { return __gmpz_cmp(a, b); }
#undef mpz_sizeinbase
static inline size_t mpz_sizeinbase(mpz_srcptr a, int base) { return __gmpz_sizeinbase(a, base); }
#undef mpz_set_d
static inline void mpz_set_d(mpz_ptr r, double a) { __gmpz_set_d(r, a); }
#undef mpz_get_d_2exp
static inline double mpz_get_d_2exp(long *exponent, mpz_srcptr a) {
  return __gmpz_get_d_2exp(exponent, a);
}
#undef mpz_cmp_si
static inline int mpz_cmp_si(mpz_srcptr a, long b) { return __gmpz_cmp_si(a, b); }
#undef mpz_mul_si
static inline void mpz_mul_si(mpz_ptr r, mpz_srcptr a, long b) { __gmpz_mul_si(r, a, b); }
#undef mpz_fdiv_q_2exp
static inline void mpz_fdiv_q_2exp(mpz_ptr r, mpz_srcptr a, unsigned long n) {
  __gmpz_fdiv_q_2exp(r, a, n);
}
#undef mpz_fdiv_q_ui
static inline unsigned long mpz_fdiv_q_ui(mpz_ptr r, mpz_srcptr a, unsigned long b) {
  return __gmpz_fdiv_q_ui(r, a, b);
}
#undef mpz_fdiv_qr
static inline void mpz_fdiv_qr(mpz_ptr q, mpz_ptr r, mpz_srcptr a, mpz_srcptr b) {
  __gmpz_fdiv_qr(q, r, a, b);
}
#undef mpz_divexact
static inline void mpz_divexact(mpz_ptr r, mpz_srcptr a, mpz_srcptr b) {
  __gmpz_divexact(r, a, b);
}
#undef mpz_gcd
static inline void mpz_gcd(mpz_ptr r, mpz_srcptr a, mpz_srcptr b) { __gmpz_gcd(r, a, b); }
#undef mpz_sqrt
static inline void mpz_sqrt(mpz_ptr r, mpz_srcptr a) { __gmpz_sqrt(r, a); }
#undef mpz_root
static inline int mpz_root(mpz_ptr r, mpz_srcptr a, unsigned long n) {
  return __gmpz_root(r, a, n);
}
#undef mpz_pow_ui
static inline void mpz_pow_ui(mpz_ptr r, mpz_srcptr a, unsigned long n) {
  __gmpz_pow_ui(r, a, n);
}
