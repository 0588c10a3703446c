/* memory_delayed.c: the delayed plans of the memory store, in a treap by (start_at, insertion): a
 * poller sees the due ones first and stops, however many there are. Priorities are hashes of the
 * plan's id, so the shape is the same in every run, and no order that anyone sees depends on it. */
#include "sim/store/memory_internal.h"

/* A plan without a start time comes first, as NULL sorts in SQLite. */
static bool comes_before(const struct memory_delayed *left, const struct memory_delayed *right)
{
    if (left->row.has_start_at != right->row.has_start_at) {
        return right->row.has_start_at;
    }
    if (left->row.has_start_at && left->row.start_at != right->row.start_at) {
        return left->row.start_at < right->row.start_at;
    }
    return left->sequence < right->sequence;
}

static struct memory_delayed **link_to(struct memory_store *memory, struct memory_delayed *node)
{
    if (node->parent == NULL) {
        return &memory->delayed;
    }
    return node->parent->left == node ? &node->parent->left : &node->parent->right;
}

/* Turn a node's child up into its place; the node becomes the child's child. */
static void rotate_up(struct memory_store *memory, struct memory_delayed *child)
{
    struct memory_delayed *node = child->parent;
    struct memory_delayed *middle;

    *link_to(memory, node) = child;
    child->parent = node->parent;
    if (node->left == child) {
        middle = child->right;
        child->right = node;
        node->left = middle;
    } else {
        middle = child->left;
        child->left = node;
        node->right = middle;
    }
    node->parent = child;
    if (middle != NULL) {
        middle->parent = node;
    }
}

static void insert_node(struct memory_store *memory, struct memory_delayed *node)
{
    struct memory_delayed **place = &memory->delayed;

    node->parent = NULL;
    node->left = NULL;
    node->right = NULL;
    while (*place != NULL) {
        node->parent = *place;
        place = comes_before(node, *place) ? &(*place)->left : &(*place)->right;
    }
    *place = node;
    while (node->parent != NULL && node->parent->priority < node->priority) {
        rotate_up(memory, node);
    }
}

static void remove_node(struct memory_store *memory, struct memory_delayed *node)
{
    while (node->left != NULL && node->right != NULL) {
        rotate_up(memory, node->left->priority > node->right->priority ? node->left : node->right);
    }
    *link_to(memory, node) = node->left != NULL ? node->left : node->right;
    if (node->left != NULL) {
        node->left->parent = node->parent;
    } else if (node->right != NULL) {
        node->right->parent = node->parent;
    }
}

static const struct memory_delayed *first_node(const struct memory_delayed *root)
{
    while (root != NULL && root->left != NULL) {
        root = root->left;
    }
    return root;
}

static const struct memory_delayed *next_node(const struct memory_delayed *node)
{
    if (node->right != NULL) {
        return first_node(node->right);
    }
    while (node->parent != NULL && node->parent->right == node) {
        node = node->parent;
    }
    return node->parent;
}

enum store_status memory_insert_delayed(struct store *store,
                                        const struct store_delayed_plan *delayed)
{
    struct memory_store *memory = (struct memory_store *)store;
    struct memory_plan *plan = memory_store_find(memory, &delayed->plan);
    const char *fault = store_delayed_fault(delayed);
    struct memory_delayed *node;

    if (fault != NULL) {
        return memory_store_fault(memory, fault);
    }
    if (plan == NULL) {
        return memory_store_fault(memory, STORE_FAULT_NO_PLAN);
    }
    if (plan->delayed != NULL) {
        return STORE_EXISTS;
    }
    node = (struct memory_delayed *)memory->allocator.reallocate(memory->allocator.context, NULL, 0,
                                                                 sizeof(*node));
    if (node == NULL) {
        return memory_store_fault(memory, store_fault_no_memory);
    }
    node->row = *delayed;
    node->row.start_at = delayed->has_start_at ? delayed->start_at : 0;
    node->row.start_before = delayed->has_start_before ? delayed->start_before : 0;
    node->sequence = ++memory->delayed_inserted;
    node->priority = id_table_hash(&delayed->plan);
    insert_node(memory, node);
    plan->delayed = node;
    return STORE_OK;
}

enum store_status memory_find_delayed(struct store *store, const struct director_plan_id *plan,
                                      struct store_delayed_plan *delayed)
{
    const struct memory_plan *found = memory_store_find((struct memory_store *)store, plan);

    if (found == NULL || found->delayed == NULL) {
        return STORE_MISSING;
    }
    *delayed = found->delayed->row;
    return STORE_OK;
}

enum store_status memory_each_delayed(struct store *store,
                                      bool (*visit)(void *context,
                                                    const struct store_delayed_plan *delayed),
                                      void *context)
{
    const struct memory_delayed *node = first_node(((struct memory_store *)store)->delayed);

    for (; node != NULL && visit(context, &node->row); node = next_node(node)) {
    }
    return STORE_OK;
}

void memory_remove_delayed(struct memory_store *memory, struct memory_plan *plan)
{
    if (plan->delayed != NULL) {
        remove_node(memory, plan->delayed);
        memory->allocator.reallocate(memory->allocator.context, plan->delayed,
                                     sizeof(*plan->delayed), 0);
        plan->delayed = NULL;
    }
}
