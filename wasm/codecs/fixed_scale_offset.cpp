// The filter `fixedscaleoffset` of numcodecs: numbers stored as (number − offset) · scale, mostly
// in smaller types.
#include "../common/abi.h"
#include "bytes.h"

namespace floodlight {
namespace {

// The numbers of src/codecs/run-step.ts.
enum class Kind : int32_t { kU8, kU16, kU32, kU64, kI8, kI16, kI32, kI64, kF32, kF64 };

constexpr int32_t kKinds = 10;
constexpr int32_t kPart = 256;

bool is_kind(int32_t kind) { return kind >= 0 && kind < kKinds; }
bool is_integer(Kind kind) { return kind < Kind::kF32; }

template <typename Number>
struct Limits {
  static constexpr bool kSigned = static_cast<Number>(-1) < 0;
  static constexpr int kBits = 8 * sizeof(Number) - kSigned;
};

// Towards zero; what does not fit becomes the nearest that does, and not a number becomes zero.
template <typename To, typename From>
To converted(From from) {
  constexpr bool kFromFloat = static_cast<From>(0.5) != 0;
  constexpr bool kToFloat = static_cast<To>(0.5) != 0;
  if constexpr (!kFromFloat || kToFloat) {
    return static_cast<To>(from);
  } else {
    const From above = static_cast<From>(1ull << (Limits<To>::kBits - 1)) * 2;
    const From below = Limits<To>::kSigned ? -above : From{0};
    const To most = static_cast<To>(~0ull >> (64 - Limits<To>::kBits));
    if (from >= above) return most;
    if (from > below) return static_cast<To>(from);
    return from <= below ? static_cast<To>(Limits<To>::kSigned ? ~most : 0) : To{0};
  }
}

// Calls `use` with a zero of the type.
template <typename Use>
void with_type(Kind kind, Use use) {
  switch (kind) {
    case Kind::kU8:
      return use(uint8_t{});
    case Kind::kU16:
      return use(uint16_t{});
    case Kind::kU32:
      return use(uint32_t{});
    case Kind::kU64:
      return use(uint64_t{});
    case Kind::kI8:
      return use(int8_t{});
    case Kind::kI16:
      return use(int16_t{});
    case Kind::kI32:
      return use(int32_t{});
    case Kind::kI64:
      return use(int64_t{});
    case Kind::kF32:
      return use(float{});
    case Kind::kF64:
      return use(double{});
  }
}

// Converts from elements `first` to `first` + `count` of an array to numbers of another type.
template <typename To>
void read(Kind kind, const uint8_t* src, int32_t first, int32_t count, To* numbers) {
  with_type(kind, [=](auto zero) {
    using From = decltype(zero);
    const uint8_t* const at = src + first * sizeof(From);
#pragma clang loop vectorize(disable) unroll(disable)
    for (int32_t i = 0; i < count; i++) {
      numbers[i] = converted<To>(load<From>(at + i * sizeof(From)));
    }
  });
}

template <typename From>
void write(Kind kind, uint8_t* dst, int32_t first, int32_t count, const From* numbers) {
  with_type(kind, [=](auto zero) {
    using To = decltype(zero);
    uint8_t* const at = dst + first * sizeof(To);
#pragma clang loop vectorize(disable) unroll(disable)
    for (int32_t i = 0; i < count; i++) {
      store(at + i * sizeof(To), converted<To>(numbers[i]));
    }
  });
}

// Computes in `Number`, part by part.
template <typename Number, typename Compute>
void convert(const uint8_t* src, Kind src_kind, uint8_t* dst, Kind dst_kind, int32_t count,
             Compute compute) {
  Number numbers[kPart];
  for (int32_t first = 0; first < count; first += kPart) {
    const int32_t size = count - first < kPart ? count - first : kPart;
    read(src_kind, src, first, size, numbers);
    for (int32_t i = 0; i < size; i++) numbers[i] = compute(numbers[i]);
    write(dst_kind, dst, first, size, numbers);
  }
}

}  // namespace
}  // namespace floodlight

using namespace floodlight;

// Writes src / scale + offset to dst, which do not overlap: in float32 where src is, else in
// float64, or between integers as they are where scale is 1 and offset 0. Fractions are cut off;
// what an integer cannot hold becomes its nearest. Kinds: u8, u16, u32, u64, i8, i16, i32, i64,
// f32, f64. Returns `count` or kArgument.
FLOODLIGHT_EXPORT(fixed_scale_offset_decode)
int32_t fixed_scale_offset_decode(const uint8_t* src, int32_t src_kind, uint8_t* dst,
                                  int32_t dst_kind, int32_t count, double scale, double offset) {
  if (count < 0 || !is_kind(src_kind) || !is_kind(dst_kind)) return kArgument;
  const Kind from = static_cast<Kind>(src_kind);
  const Kind to = static_cast<Kind>(dst_kind);
  if (scale == 1 && offset == 0 && is_integer(from) && is_integer(to)) {
    convert<int64_t>(src, from, dst, to, count, [](int64_t number) { return number; });
  } else if (from == Kind::kF32) {
    const float divisor = static_cast<float>(scale);
    const float summand = static_cast<float>(offset);
    convert<float>(src, from, dst, to, count,
                   [=](float number) { return number / divisor + summand; });
  } else {
    convert<double>(src, from, dst, to, count,
                    [=](double number) { return number / scale + offset; });
  }
  return count;
}
