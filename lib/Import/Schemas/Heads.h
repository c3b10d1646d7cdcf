//===- Heads.h - What all forms of attention have in common -----------------------------------===//
//
// Every form comes down to ONNX's Attention on tensors (batch, heads, sequence, size), with what
// hides a key from a query as numbers that are added to the scores.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_SCHEMAS_HEADS_H
#define AZULEJO_LIB_IMPORT_SCHEMAS_HEADS_H

#include "lib/Import/Schemas/Operator.h"

namespace azulejo::schemas {

/// `to`, (batch, heads, sequence, size), is `from`, (batch, sequence, heads * size). `width` is
/// heads * size where that is known.
void splitHeads(Body &body, const std::string &from, const std::string &to, int64_t heads,
                std::optional<int64_t> width);
/// The way back.
void joinHeads(Body &body, const std::string &from, const std::string &to, int64_t heads,
               std::optional<int64_t> width);

/// `to` is `from`, of rank 4, whose heads are known to be so many.
void knowHeads(Body &body, const std::string &from, const std::string &to, int64_t heads);

/// BiasQ, BiasK and BiasV are the parts of the input `bias` for queries, keys and values: twice the
/// width of the queries, which is `query`'s size along `axis`, and the rest.
void splitBias(Body &body, const std::string &query, int64_t axis);

/// The names of an attention's operands, each of rank 4; empty where absent.
struct AttentionNames {
  std::string q = "Q", k = "K", v = "V", bias, pastKey, pastValue;
  /// Of a head of Q; where it is not known and the node gives no scale, Q is scaled by what it
  /// turns out to be.
  std::optional<int64_t> headSize;
  bool isCausal = false;
  float softcap = 0;
};

/// The node, with the attribute `scale` that the operator has (0: the usual one). Its results are
/// `y`, and `present_key` and `present_value` where the operator's node has these.
void addAttention(Body &body, const AttentionNames &names, const std::string &y,
                  const std::string &presentKey, const std::string &presentValue,
                  const std::string &scores = "");

/// The name of the input `attention_bias`, "" where it is absent; where nothing says how often it
/// repeats over Q's batch and heads, of it repeated. `q` is of rank 4, and `input` has its batch.
std::string alignBias(Body &body, const std::string &q, const std::string &input);

/// Adds up what hides keys, in float; both may be empty.
std::string addBiases(Body &body, const std::string &first, const std::string &second);

/// `to` is 0 where the condition holds and the operator's `mask_filter_value` elsewhere, of the
/// type of an input.
void hideWhereNot(Body &body, const std::string &condition, const std::string &to,
                  const std::string &like);

/// `to` says for each sequence which of `total` positions (of rank 0) lie before its end (batch, of
/// any whole numbers): (batch, 1, 1, total).
void addLengthCondition(Body &body, const std::string &ends, const std::string &total,
                        const std::string &to);

} // namespace azulejo::schemas

#endif // AZULEJO_LIB_IMPORT_SCHEMAS_HEADS_H
